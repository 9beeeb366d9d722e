// finds allowed-functions:2 allowed-functions:6 allowed-functions:?
int	hello(const char *text) __asm__("puts");

int	main(void)
{
	return (hello("hello") < 0);
}
