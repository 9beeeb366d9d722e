/*
 * Forks a process that leaves its group, and never opens its port. Both end after
 * two minutes by themselves, so that a test that fails doesn't leave them for ever.
 */
#include <unistd.h>

int	main(void)
{
	if (fork() == 0)
		setsid();
	alarm(120);
	while (1)
		pause();
}
