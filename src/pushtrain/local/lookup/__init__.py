"""Answer commands that only look at this computer from the store, without boto3 and moto: both take a second."""
