// finds allowed-functions:2
__attribute__((__constructor__)) static void	before(void)
{
}

int	main(void)
{
	return (0);
}
