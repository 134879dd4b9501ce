"""What citizens send beside words: photos and files, kept once, shown without what the camera wrote into them."""
