/*
 * Kills its parent, which is the grader's own; or stops it, traces it, or becomes what it is and
 * serves as the reference, as TURNS says. Then it serves, if it still can.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>

#ifndef TURNS
# define TURNS "kill"
#endif

#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	char	parent[64];

	snprintf(parent, sizeof(parent), "/proc/%d/exe", (int)getppid());
	if (strcmp(TURNS, "kill") == 0)
		kill(getppid(), SIGKILL);
	else if (strcmp(TURNS, "stop") == 0)
		kill(getppid(), SIGSTOP);
	else if (strcmp(TURNS, "trace") == 0)
		ptrace(PTRACE_SEIZE, getppid(), 0, 0);
	else
	{
		execl(parent, "grader", "reference", argv[1], (char *)NULL);
		exit(1);
	}
	return (serve(argc, argv));
}
