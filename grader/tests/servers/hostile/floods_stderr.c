/* Writes 1 GB to stderr before it serves. */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	static char	noise[1000000];

	memset(noise, '!', sizeof(noise));
	for (size_t i = 79; i < sizeof(noise); i += 80)
		noise[i] = '\n';
	for (int megabytes = 0; megabytes < 1000; megabytes++) {
		size_t	written = 0;

		while (written < sizeof(noise)) {
			ssize_t	count = write(2, noise + written, sizeof(noise) - written);

			if (count < 0)
				return (serve(argc, argv));
			written += count;
		}
	}
	return (serve(argc, argv));
}
