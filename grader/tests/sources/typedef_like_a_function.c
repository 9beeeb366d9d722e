// finds nothing
typedef int	mmap;

int	main(void)
{
	mmap	value = 0;

	return ((mmap)value);
}
