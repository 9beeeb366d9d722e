/*
 * Is traced by a child of its own, which lets it go on at every stop and is in another session.
 */
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	pid_t	parent = getpid();

	if (fork() == 0) {
		int	status;

		setsid();
		alarm(120);
		if (ptrace(PTRACE_SEIZE, parent, 0, 0) != 0)
			_exit(1);
		while (waitpid(parent, &status, __WALL) == parent && WIFSTOPPED(status))
			ptrace(PTRACE_CONT, parent, 0, 0);
		_exit(0);
	}
	return (serve(argc, argv));
}
