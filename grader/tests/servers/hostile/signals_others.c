/*
 * Serves, after it has asked every process of its user to end, from its parent on
 * upwards: the grader first.
 */
#include <signal.h>

#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	signal(SIGTERM, SIG_IGN);
	if (kill(getppid(), SIGTERM) == 0)
		write(2, "I have signalled the grader\n", 28);
	return (serve(argc, argv));
}
