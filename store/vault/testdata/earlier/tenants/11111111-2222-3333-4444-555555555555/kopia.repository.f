{
  "tool": "https://github.com/kopia/kopia",
  "buildVersion": "v0-unofficial",
  "buildInfo": "-(unknown_revision)",
  "uniqueID": "WL6g3X40um4Fjn0/uGwG9xxUEZ63VrtkjN5myuNxWNw=",
  "keyAlgo": "pbkdf2-sha256-600000",
  "encryption": "AES256_GCM",
  "encryptedBlockFormat": "ANiOs/UjKz51DAMW6865yt+rRoKRHP8M3s9NGKNuS6X6ieLfxDczYLVajgRE4Q65e5k5kXlTstIeFgefjCSsVP8E/gXnUwQEm/gRK9zN5UnICEGDUypU5lQS5wsovAjVQta6TYL98OD8kp38sFCyuFpISuPc+kZrP8evZxgBv0IXHk/K5yuVynsxno9N+MNLPp5Uo+amb+H9sPT5g8haetz4CbwGvRSTAJS2frU+5izNnkOwQBOle6sKtQ6eMP5AmLopE53RHKVRW+x5mEoVPh3NoQnR8pI3uYMWY/P/crYWGvqmPIHYxHT8/Y3MJxqpnRBmUQ5+p2+U4CHczDMTL4uz+A5vKPEMIS9RQP5O+L2adT7fbfxZV27iXnErsHbXKXAV0kpPh/2731qMwY//5FzABU5ARXaiy9VRZCN/IjWWvUUa5l57sEKdtMlGAC3M926ghgOXbdvjsi6DPTH6KEhIodNNysVL3hufUsnobd6uPUw7VbYTpm7j9BeySLlgEKs8CHcZu1Z7tvxaLn2SRpI9qIhoQhNl0qbwUUomXVwggSyfUiBvqMosQEODECmD5Pr/cd29NT2K2jj3zKqom9VgzyG8g3+iLMorN0A9d6wORNx9XnCrpvCrP8w2MU/XEFCZrEm/2gmzGS3TwUnbZF0rCdP7bYT1URAKvSgT5vT3npzAOT8QBvxE+tpz2kOhyChn4kg4PuUXjTlYY4wMR+/YfAa0l8yt+3f8cSlpLQz7nf4iGTJYfEieeLmiquJCq7QY0tAMMrp8Brm7xYOGa6iMNSm2eGbsgrXanMtfRg=="
}
