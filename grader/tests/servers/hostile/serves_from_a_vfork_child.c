/* Lets a vfork child serve, so that its first process sleeps in a call that only ends with it. */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	alarm(120);
	if (vfork() == 0)
		_exit(serve(argc, argv));
	return (0);
}
