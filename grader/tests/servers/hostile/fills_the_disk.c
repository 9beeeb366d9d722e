/* Serves, and writes into its folder without end. */
#include <fcntl.h>

#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	static char	noise[1 << 20];

	if (argc > 1 && fork() == 0) {
		for (int file = 0; file < 4096; file++) {
			char	name[32];

			sprintf(name, "rubbish-%d", file);
			int	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

			if (fd < 0 || write(fd, noise, sizeof(noise)) < 0)
				_exit(1);
			close(fd);
		}
	}
	return (serve(argc, argv));
}
