/*
 * A correct server without malloc: for each descriptor a buffer for the line that
 * its client has begun and one for what its client has not read yet. Lines of up
 * to 150,000 bytes fit. What is not read is dropped by whole lines when its
 * buffer is full.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LONGEST = 150000, MOST = FD_SETSIZE };

static char		begun[MOST][LONGEST];
static int		begun_length[MOST];
static char		unread[MOST][2 * LONGEST];
static int		unread_length[MOST];
static int		ids[MOST];
static char		line[LONGEST + 32];
static fd_set	watched;
static fd_set	readable;
static fd_set	writable;
static int		last;
static int		ids_given;

static void	stop(char *words)
{
	write(2, words, strlen(words));
	exit(1);
}

static void	tell(int but, int length)
{
	for (int fd = 0; fd <= last; fd++) {
		if (ids[fd] < 0 || !FD_ISSET(fd, &watched) || fd == but)
			continue ;
		if (unread_length[fd] + length > 2 * LONGEST)
			continue ;
		for (int i = 0; i < length; i++)
			unread[fd][unread_length[fd]++] = line[i];
	}
}

/* The beginning of what waits is taken away, the rest moves to the front. */
static void	give(int fd)
{
	int	sent = send(fd, unread[fd], unread_length[fd], MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent <= 0)
		return ;
	unread_length[fd] -= sent;
	for (int i = 0; i < unread_length[fd]; i++)
		unread[fd][i] = unread[fd][i + sent];
}

static void	say(int fd)
{
	int	length = sprintf(line, "client %d: ", ids[fd]);

	for (int i = 0; i < begun_length[fd]; i++)
		line[length++] = begun[fd][i];
	begun_length[fd] = 0;
	tell(fd, length);
}

static void	take(int fd)
{
	static char	came[10000];
	int			count = recv(fd, came, sizeof(came), 0);

	if (count <= 0) {
		FD_CLR(fd, &watched);
		if (begun_length[fd] > 0) {
			begun[fd][begun_length[fd]++] = '\n';
			say(fd);
		}
		unread_length[fd] = 0;
		tell(fd, sprintf(line, "server: client %d just left\n", ids[fd]));
		close(fd);
		return ;
	}
	for (int i = 0; i < count; i++) {
		if (begun_length[fd] < LONGEST - 1 || came[i] == '\n')
			begun[fd][begun_length[fd]++] = came[i];
		if (came[i] == '\n')
			say(fd);
	}
}

static void	admit(int listener)
{
	int	fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return ;
	if (fd >= MOST) {
		close(fd);
		return ;
	}
	if (fd > last)
		last = fd;
	ids[fd] = ids_given++;
	tell(fd, sprintf(line, "server: client %d just arrived\n", ids[fd]));
	FD_SET(fd, &watched);
}

int	main(int argc, char **argv)
{
	struct sockaddr_in	address;
	int					listener;

	if (argc < 2)
		stop("Wrong number of arguments\n");
	listener = socket(AF_INET, SOCK_STREAM, 0);
	bzero(&address, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_port = htons(atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0
		|| bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0
		|| listen(listener, 100) != 0)
		stop("Fatal error\n");
	last = listener;
	ids[listener] = -1;
	FD_SET(listener, &watched);
	while (1) {
		readable = watched;
		FD_ZERO(&writable);
		for (int fd = 0; fd <= last; fd++)
			if (unread_length[fd] > 0)
				FD_SET(fd, &writable);
		if (select(last + 1, &readable, &writable, NULL, NULL) < 0)
			continue ;
		for (int fd = 0; fd <= last; fd++) {
			if (FD_ISSET(fd, &writable))
				give(fd);
			if (fd != listener && FD_ISSET(fd, &readable))
				take(fd);
		}
		if (FD_ISSET(listener, &readable))
			admit(listener);
	}
}
