/* Takes three seconds, as servers that clear a huge array do, before it opens its port. */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	unsigned int	seconds = 3;

	while (seconds > 0)
		seconds = sleep(seconds);
	return (serve(argc, argv));
}
