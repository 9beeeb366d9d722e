// finds nothing
enum e_what
{
	poll,
	kill
};

int	main(void)
{
	return (poll == kill);
}
