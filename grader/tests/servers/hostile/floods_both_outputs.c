/* Serves, and writes to stdout and stderr as fast as it can for as long as it lives. */
#define main serve
#include "../plain.c"
#undef main

static void	shout(int fd)
{
	static char	noise[65536];

	memset(noise, 'x', sizeof(noise));
	while (write(fd, noise, sizeof(noise)) > 0)
		;
	exit(0);
}

int	main(int argc, char **argv)
{
	/* The first of it before anything else, so that it is seen in the shortest play. */
	write(2, "x", 1);
	if (fork() == 0)
		shout(1);
	if (fork() == 0)
		shout(2);
	return (serve(argc, argv));
}
