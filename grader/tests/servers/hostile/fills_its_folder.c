/* Serves, after it has written 64 MB into files where it was started. */
#include <fcntl.h>

#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	static char	noise[1 << 20];

	for (int file = 0; file < 64; file++) {
		char	name[32];

		sprintf(name, "rubbish-%d", file);
		int	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (fd < 0 || write(fd, noise, sizeof(noise)) < 0)
			break ;
		close(fd);
	}
	return (serve(argc, argv));
}
