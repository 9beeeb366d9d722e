/*
 * Serves, and leaves four processes behind that are no longer its children, are
 * in no process group of its, and hold its stdout and stderr open. Two of them
 * ignore SIGTERM. They carry the server's own command line, port included, so
 * that a test can find them; and they end after two minutes by themselves, so
 * that a test that fails doesn't leave them for ever.
 */
#include <signal.h>

#define main serve
#include "../plain.c"
#undef main

static void	outlive(int number)
{
	setsid();
	if (fork() != 0)
		_exit(0);
	setsid();
	if (number % 2 == 1) {
		signal(SIGTERM, SIG_IGN);
		signal(SIGINT, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
	}
	alarm(120);
	while (1)
		pause();
}

int	main(int argc, char **argv)
{
	signal(SIGCHLD, SIG_IGN);
	for (int number = 0; number < 4; number++)
		if (fork() == 0)
			outlive(number);
	return (serve(argc, argv));
}
