// finds no-define:4 no-define:5
/* the hash
   may stand alone */
  #  define SIZE 10
	#	define TWICE(a) ((a) * 2)
int	main(void)
{
	return (TWICE(SIZE));
}
