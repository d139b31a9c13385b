"""Stand-in for the package of AWS's XGBoost images, which no index has: how they read data and train on one host."""
