"""A FreeSWITCH, told of by its event socket (ESL) and told what to do by it."""
