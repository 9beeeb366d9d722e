// finds nothing
static int	signal = 1;

int	main(void)
{
	return (signal - 1);
}
