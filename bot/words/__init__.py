"""Every word an officer reads (坐席、承办单位、督办看到的文字), each kind in its own file."""
