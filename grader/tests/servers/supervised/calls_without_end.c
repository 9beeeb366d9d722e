/* Makes watched calls from several threads, one after another, without end. */
#include <pthread.h>
#include <stddef.h>
#include <sys/socket.h>

static void	*call(void *nothing)
{
	char	byte;

	(void)nothing;
	while (1)
		recv(-1, &byte, 1, 0);
	return (NULL);
}

int	main(void)
{
	pthread_t	threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, call, NULL);
	call(NULL);
}
