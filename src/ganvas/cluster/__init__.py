"""The same jobs by many: processes of one machine, or machines that Ray knows."""
