"""The demonstration city 泉城: made up, but shaped like a real one."""
