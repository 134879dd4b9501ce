"""The desk: the pages of agents, units and supervisors (坐席, 承办单位, 督办)."""
