// finds allowed-functions:4
int	main(void)
{
	__asm__ volatile ("nop");
	return (0);
}
