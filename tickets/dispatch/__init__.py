"""Who is first responsible (首接责任单位): proposed with reasons from what the city laid down, ruled and did before."""
