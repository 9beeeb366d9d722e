/*
 * A fork bomb: every process that it starts leaves its group and starts more, and
 * its parent ends, so that whoever counts children or kills groups is too late. It
 * ends by itself after some thousands, so that a test that fails does no harm.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

#define main serve
#include "../plain.c"
#undef main

static void	explode(int *forks)
{
	while (__sync_add_and_fetch(forks, 1) < 4000) {
		if (fork() == 0) {
			setsid();
			if (fork() != 0)
				_exit(0);
		}
	}
	alarm(120);
	while (1)
		pause();
}

int	main(int argc, char **argv)
{
	int	*forks = mmap(NULL, sizeof(*forks), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	signal(SIGCHLD, SIG_IGN);
	if (fork() == 0)
		explode(forks);
	return (serve(argc, argv));
}
