/*
 * A correct server built as most candidates build theirs: arrays indexed by
 * descriptor, one loop around select. It passes every tier. The saboteurs are
 * made from this text by small changes, and some of the strangers; see mod.rs.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct s_text {
	char	*bytes;
	size_t	length;
	size_t	room;
}	t_text;

typedef struct s_client {
	int		id;
	t_text	pending; /* what it said since its last newline */
	t_text	rest;    /* what it had no room for yet */
	size_t	rest_sent;
}	t_client;

static t_client	clients[FD_SETSIZE];
static fd_set	connected;
static int		highest_fd;
static int		next_id;
static t_text	message;

static void	fatal(void)
{
	write(2, "Fatal error\n", 12);
	exit(1);
}

/* Doubling keeps the cost of a line linear in its length. */
static void	append(t_text *text, const char *bytes, size_t length)
{
	if (text->length + length > text->room) {
		text->room = (text->length + length) * 2;
		text->bytes = realloc(text->bytes, text->room);
		if (text->bytes == NULL)
			fatal();
	}
	for (size_t i = 0; i < length; i++)
		text->bytes[text->length++] = bytes[i];
}

static void	forget(t_text *text)
{
	free(text->bytes);
	bzero(text, sizeof(*text));
}

/* Only part of a long line may fit: the rest is kept, so that no line is torn. */
static void	send_line(int fd, const char *line, size_t length)
{
	ssize_t	sent = send(fd, line, length, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent > 0 && (size_t)sent < length)
		append(&clients[fd].rest, line + sent, length - sent);
}

static void	send_rest(int fd)
{
	t_client	*client = &clients[fd];
	ssize_t		sent = send(fd, client->rest.bytes + client->rest_sent,
			client->rest.length - client->rest_sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent > 0)
		client->rest_sent += sent;
	if (client->rest_sent == client->rest.length) {
		forget(&client->rest);
		client->rest_sent = 0;
	}
}

/* Asks anew before each line who has room, since the line before may have taken it. */
static void	send_to_all_but(int sender, const char *line, size_t length)
{
	fd_set			writable = connected;
	struct timeval	at_once = {0, 0};

	while (select(highest_fd + 1, NULL, &writable, NULL, &at_once) < 0)
		writable = connected;
	for (int fd = 0; fd <= highest_fd; fd++) {
		if (fd == sender || !FD_ISSET(fd, &connected))
			continue ;
		if (FD_ISSET(fd, &writable) && clients[fd].rest.length == 0)
			send_line(fd, line, length);
		else
			append(&clients[fd].rest, line, length);
	}
}

static void	announce(int fd, const char *event)
{
	char	line[64];

	sprintf(line, "server: client %d just %s\n", clients[fd].id, event);
	send_to_all_but(fd, line, strlen(line));
}

static void	arrive(int listener)
{
	int	fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return ;
	if (fd >= FD_SETSIZE) {
		close(fd);
		return ;
	}
	clients[fd].id = next_id++;
	FD_SET(fd, &connected);
	if (fd > highest_fd)
		highest_fd = fd;
	announce(fd, "arrived");
}

static void	relay(int fd)
{
	t_text	*line = &clients[fd].pending;
	char	prefix[32];

	sprintf(prefix, "client %d: ", clients[fd].id);
	message.length = 0;
	append(&message, prefix, strlen(prefix));
	append(&message, line->bytes, line->length);
	send_to_all_but(fd, message.bytes, message.length);
	line->length = 0;
}

static void	leave(int fd)
{
	if (clients[fd].pending.length > 0) {
		append(&clients[fd].pending, "\n", 1);
		relay(fd);
	}
	FD_CLR(fd, &connected);
	announce(fd, "left");
	forget(&clients[fd].pending);
	forget(&clients[fd].rest);
	clients[fd].rest_sent = 0;
	close(fd);
}

static void	receive(int fd)
{
	char	received[65536];
	ssize_t	count = recv(fd, received, sizeof(received), 0);

	if (count <= 0) {
		leave(fd);
		return ;
	}
	for (ssize_t i = 0; i < count; i++) {
		append(&clients[fd].pending, &received[i], 1);
		if (received[i] == '\n')
			relay(fd);
	}
}

static int	listen_on(int port)
{
	struct sockaddr_in	address;
	int					listener = socket(AF_INET, SOCK_STREAM, 0);

	if (listener < 0)
		fatal();
	bzero(&address, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(port);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0)
		fatal();
	if (listen(listener, 128) < 0)
		fatal();
	return (listener);
}

int	main(int argc, char **argv)
{
	fd_set	readable;
	fd_set	writable;
	int		listener;

	if (argc < 2) {
		write(2, "Wrong number of arguments\n", 26);
		exit(1);
	}
	listener = listen_on(atoi(argv[1]));
	highest_fd = listener;
	while (1) {
		readable = connected;
		FD_SET(listener, &readable);
		FD_ZERO(&writable);
		for (int fd = 0; fd <= highest_fd; fd++)
			if (clients[fd].rest.length > 0)
				FD_SET(fd, &writable);
		if (select(highest_fd + 1, &readable, &writable, NULL, NULL) < 0)
			continue ;
		for (int fd = 0; fd <= highest_fd; fd++) {
			if (fd != listener && FD_ISSET(fd, &readable))
				receive(fd);
			if (FD_ISSET(fd, &writable) && clients[fd].rest.length > 0)
				send_rest(fd);
		}
		/* Last, since a newcomer may get a descriptor that has just been closed. */
		if (FD_ISSET(listener, &readable))
			arrive(listener);
	}
}
