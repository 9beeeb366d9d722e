// finds nothing
static int	define(int undefined)
{
	return (undefined);
}

int	main(void)
{
	int	defined = 1;

	return (define(defined));
}
