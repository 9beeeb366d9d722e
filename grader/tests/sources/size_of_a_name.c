// finds nothing
int	main(void)
{
	int	read[3] = {0};

	return (sizeof(read) / sizeof(*read) == 4);
}
