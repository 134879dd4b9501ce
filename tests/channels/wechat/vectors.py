"""Vectors: the URL check of the official page; WX-1 and WX-2, on which wechatpy and two packages for Node agree."""

URL_CHECK = {
    "token": "AAAAA",
    "timestamp": "1714036504",
    "nonce": "1514711492",
    "echostr": "4375120948345356249",
    "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
}

STAMP = "1767225600"
NONCE = "1320562132"
SIGNATURE = "aedf4919448528dea27604c4856f67a55b95d586"
MSG_SIGNATURE = "5aaaacaac33daeb6425ececdd5e02611e489eeab"
INNER = (
    "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName"
    "><![CDATA[oABCD1234567890abcdefghijklm]]></FromUserName><CreateTime>17"
    "67225600</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CD"
    "ATA[路灯坏了，请处理]]></Content><MsgId>24000000000000001</MsgId></xml>"
)
ENCRYPT = (
    "Q3stYC6hdFzMh9T8HCvyDA5UtdOnBG9SGtMaVkeMuOI7m0AeNcxmFuL557lpKA0XrRiJEoP7m1sfeBtOUnTYH1Bpx9bP6Gn+6Pns"
    "cRMrdWFNSnyEWYqvgl/oue8R+Ut4gtoyKbQbjpld+AQhd8x6eTzcoPouY4I04lblQE8RWutrvMJNZfTr2Y6p+IasLotITi4LHjDY"
    "Wut7qRWCkTktjEtysacyFkj2l5GzGinUwS4mRAKd7wdzfWfLbcAkXOqZiXZ86Z6TOFNIBcHQCg3vQkb1So2JNbrKJeLUie2LkPHk"
    "5oKfg6hjrsJwnIgqWPnZGHvvXdc20HBIzKsZorMV/L/Q+89eOxDPpp59d3Ysxe+w4AsjjFWjRsbvHUeJJGg0YkIBIAyj9piupgOt"
    "jHVifKrTZPhg/cgG+D0d4YGh3phzrCh3uD6Mjmb2/oq+2OhJkun/1yx6mTEFw1oySxt+Jw=="
)

REPLY_STAMP = "1767225601"
REPLY = (
    "<xml><ToUserName><![CDATA[oABCD1234567890abcdefghijklm]]></ToUserName>"
    "<FromUserName><![CDATA[gh_0123456789ab]]></FromUserName><CreateTime>17"
    "67225601</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CD"
    "ATA[已受理，工单号 HUB-2026-000001]]></Content></xml>"
)
REPLY_ENCRYPT = (
    "Q3stYC6hdFzMh9T8HCvyDEyyIo7SrfCU7qIY00FhmKyW1AnhTxWfDuVUBXmqTT4aeDAJykzwoUGdO6LiW9oCZShc2WG/Tpt09Fls"
    "KE5qfspcBR0cyDLyqg/2tnRtlrUKKY1bi2+ZaqXm++OZJr5yUIdDXJ1yDh31yyjz9HHE6R9puD7JDeMyVYoAiAk5kmBLB/jnXYvB"
    "OaQfFUv0ovCn2kdqmsvcDDHDAnO2aldtdu6BhSOv9cxt1aTgFZ6lABdRcjDap1r222hWZg2VIxTfdfA7uH2rDyhIXJZWZhpB76P5"
    "U1DzgmgUSJvoHUujEhPtFe+WKZ6qIc1QIxSABXQCF8MNOExL5u1LVTXL9YGbczKd+19UHjYS6sp5y0HYBBKFZBXzjkbqwys0LsK9"
    "4E7tw9GHV+1P6oxQciGc/q32Y7g="
)
REPLY_SIGNATURE = "0fec4a00eebeec697a034023beec5c4452b7866e"
