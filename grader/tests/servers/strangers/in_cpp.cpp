// A correct server in C++: a map of clients by descriptor, strings that grow, and one place where
// memory that cannot be had ends it.
#include <cstdlib>
#include <map>
#include <new>
#include <string>

#include <netinet/in.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

struct Client {
	int			id;
	std::string	begun;
	std::string	waiting;
};

class Room {
public:
	explicit Room(int listener) : listener_(listener) {}

	void	serve()
	{
		while (true) {
			fd_set	readable;
			fd_set	writable;
			int		highest = watch(readable, writable);

			if (select(highest + 1, &readable, &writable, nullptr, nullptr) < 0)
				continue ;
			for (auto next = clients_.begin(); next != clients_.end();) {
				// Whoever leaves is taken out, the others stay where they are.
				auto	client = next++;

				if (FD_ISSET(client->first, &writable))
					send_waiting(client->first, client->second);
				if (FD_ISSET(client->first, &readable))
					hear(client->first);
			}
			if (FD_ISSET(listener_, &readable))
				arrive();
		}
	}

private:
	int						listener_;
	int						ids_given_ = 0;
	std::map<int, Client>	clients_;

	int	watch(fd_set &readable, fd_set &writable) const
	{
		FD_ZERO(&readable);
		FD_ZERO(&writable);
		FD_SET(listener_, &readable);
		for (const auto &[fd, client] : clients_) {
			FD_SET(fd, &readable);
			if (!client.waiting.empty())
				FD_SET(fd, &writable);
		}
		return clients_.empty() ? listener_ : std::max(listener_, clients_.rbegin()->first);
	}

	void	tell(int but, const std::string &text)
	{
		for (auto &[fd, client] : clients_)
			if (fd != but)
				client.waiting += text;
	}

	static void	send_waiting(int fd, Client &client)
	{
		ssize_t	sent = send(fd, client.waiting.data(), client.waiting.size(),
				MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0)
			client.waiting.erase(0, sent);
		if (client.waiting.empty())
			client.waiting.shrink_to_fit();
	}

	void	arrive()
	{
		int	fd = accept(listener_, nullptr, nullptr);

		if (fd < 0)
			return ;
		if (fd >= FD_SETSIZE) {
			close(fd);
			return ;
		}
		int	id = ids_given_++;

		clients_[fd] = {id, "", ""};
		tell(fd, "server: client " + std::to_string(id) + " just arrived\n");
	}

	void	say(int fd, Client &client, const std::string &line)
	{
		tell(fd, "client " + std::to_string(client.id) + ": " + line + "\n");
	}

	void	hear(int fd)
	{
		static char	heard[32768];
		Client		&client = clients_[fd];
		ssize_t		count = recv(fd, heard, sizeof(heard), 0);

		if (count <= 0) {
			leave(fd, client);
			return ;
		}
		client.begun.append(heard, count);
		size_t	from = 0;
		size_t	end = client.begun.find('\n', client.begun.size() - count);

		while (end != std::string::npos) {
			say(fd, client, client.begun.substr(from, end - from));
			from = end + 1;
			end = client.begun.find('\n', from);
		}
		client.begun.erase(0, from);
	}

	void	leave(int fd, Client &client)
	{
		if (!client.begun.empty())
			say(fd, client, client.begun);
		tell(fd, "server: client " + std::to_string(client.id) + " just left\n");
		clients_.erase(fd);
		close(fd);
	}
};

[[noreturn]] void	end(const std::string &words)
{
	if (write(2, words.data(), words.size()) < 0)
		exit(2);
	exit(1);
}

int	listen_on(int port)
{
	sockaddr_in	address = {};
	int			listener = socket(AF_INET, SOCK_STREAM, 0);

	if (listener < 0)
		end("Fatal error\n");
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(port);
	if (bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof(address)) < 0)
		end("Fatal error\n");
	if (listen(listener, 128) < 0)
		end("Fatal error\n");
	return listener;
}

} // namespace

int	main(int argc, char **argv)
{
	if (argc < 2)
		end("Wrong number of arguments\n");
	try {
		Room(listen_on(std::atoi(argv[1]))).serve();
	} catch (const std::bad_alloc &) {
		end("Fatal error\n");
	}
}
