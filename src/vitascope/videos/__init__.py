"""The book of videos: jobs and their states, the queue, events, webhooks, archives."""
