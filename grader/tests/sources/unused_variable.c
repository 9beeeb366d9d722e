// finds compiles:4
int	main(void)
{
	int	unused;

	return (0);
}
