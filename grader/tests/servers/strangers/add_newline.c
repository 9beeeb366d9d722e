/*
 * A correct and slow server: one event per select, one byte per recv, a backlog of
 * 0. It holds a line until it is complete, ends the unfinished line of a leaving
 * client with a newline of its own, and refuses more than one argument.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

/* A line that waits for one client. */
typedef struct s_letter {
	struct s_letter	*next;
	size_t			length;
	size_t			sent;
	char			bytes[];
}	t_letter;

static int		ids[FD_SETSIZE];
static char		*lines[FD_SETSIZE];
static size_t	lengths[FD_SETSIZE];
static size_t	rooms[FD_SETSIZE];
static t_letter	*oldest[FD_SETSIZE];
static t_letter	*newest[FD_SETSIZE];
static fd_set	connected;
static int		highest;
static int		last_id = -1;

static void	*or_fatal(void *memory)
{
	if (memory == NULL) {
		write(2, "Fatal error\n", 12);
		exit(1);
	}
	return (memory);
}

static void	post(int from, const char *head, const char *text, size_t length)
{
	size_t	head_length = strlen(head);

	for (int fd = 0; fd <= highest; fd++) {
		t_letter	*letter;

		if (fd == from || !FD_ISSET(fd, &connected))
			continue ;
		letter = or_fatal(malloc(sizeof(t_letter) + head_length + length));
		letter->next = NULL;
		letter->length = head_length + length;
		letter->sent = 0;
		for (size_t i = 0; i < head_length; i++)
			letter->bytes[i] = head[i];
		for (size_t i = 0; i < length; i++)
			letter->bytes[head_length + i] = text[i];
		if (oldest[fd] == NULL)
			oldest[fd] = letter;
		else
			newest[fd]->next = letter;
		newest[fd] = letter;
	}
}

static void	drop_oldest(int fd)
{
	t_letter	*letter = oldest[fd];

	oldest[fd] = letter->next;
	free(letter);
}

/* Returns 0 when nothing can be sent. */
static int	deliver(int fd)
{
	t_letter	*letter = oldest[fd];
	ssize_t		sent = send(fd, letter->bytes + letter->sent,
			letter->length - letter->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent > 0)
		letter->sent += sent;
	if (letter->sent == letter->length)
		drop_oldest(fd);
	return (sent >= 0);
}

static void	add_byte(int fd, char byte)
{
	char	head[32];

	if (lengths[fd] == rooms[fd]) {
		rooms[fd] = rooms[fd] * 2 + 100;
		lines[fd] = or_fatal(realloc(lines[fd], rooms[fd]));
	}
	lines[fd][lengths[fd]++] = byte;
	if (byte == '\n') {
		sprintf(head, "client %d: ", ids[fd]);
		post(fd, head, lines[fd], lengths[fd]);
		lengths[fd] = 0;
	}
}

static void	hear(int fd)
{
	char	byte;
	char	head[64];

	if (recv(fd, &byte, 1, 0) == 1) {
		add_byte(fd, byte);
		return ;
	}
	if (lengths[fd] > 0)
		add_byte(fd, '\n');
	FD_CLR(fd, &connected);
	close(fd);
	while (oldest[fd])
		drop_oldest(fd);
	free(lines[fd]);
	lines[fd] = NULL;
	rooms[fd] = 0;
	sprintf(head, "server: client %d just left\n", ids[fd]);
	post(fd, head, "", 0);
}

static void	admit(int listener)
{
	char	head[64];
	int		fd = accept(listener, NULL, NULL);

	if (fd >= FD_SETSIZE)
		close(fd);
	else if (fd >= 0) {
		ids[fd] = ++last_id;
		FD_SET(fd, &connected);
		if (fd > highest)
			highest = fd;
		sprintf(head, "server: client %d just arrived\n", ids[fd]);
		post(fd, head, "", 0);
	}
}

static int	open_port(int port)
{
	struct sockaddr_in	address = {0};
	int					listener = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(port);
	if (listener < 0
		|| bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0
		|| listen(listener, 0) < 0)
		or_fatal(NULL);
	return (listener);
}

int	main(int argc, char **argv)
{
	int	fd = 0;
	int	listener;

	if (argc != 2) {
		write(2, "Wrong number of arguments\n", 26);
		return (1);
	}
	listener = open_port(atoi(argv[1]));
	highest = listener;
	while (1) {
		fd_set	readable = connected;
		fd_set	writable;

		FD_ZERO(&writable);
		FD_SET(listener, &readable);
		for (int other = 0; other <= highest; other++)
			if (oldest[other])
				FD_SET(other, &writable);
		if (select(highest + 1, &readable, &writable, NULL, NULL) <= 0)
			continue ;
		/* Goes on after the descriptor served last, so that nobody is starved. */
		do
			fd = (fd + 1) % (highest + 1);
		while (!FD_ISSET(fd, &readable) && !FD_ISSET(fd, &writable));
		if (fd == listener)
			admit(listener);
		else if (FD_ISSET(fd, &writable) && deliver(fd))
			continue ;
		/* A client that has gone looks writable too, and its recv tells. */
		else if (FD_ISSET(fd, &readable))
			hear(fd);
	}
}
