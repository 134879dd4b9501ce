"""What appeals have in common and how they weigh (诉求评估): pure judgements, each with its evidence; people decide."""
