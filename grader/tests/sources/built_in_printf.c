// finds allowed-functions:4
int	main(void)
{
	__builtin_printf("%d\n", 3);
	return (0);
}
