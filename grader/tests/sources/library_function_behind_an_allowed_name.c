// finds allowed-functions:2 allowed-functions:?
long	write(int fd, const void *text, unsigned long length) __asm__("fwrite");

int	main(void)
{
	return (write(1, "", 0) < 0);
}
