// finds nothing
/* the lines
 * #define SIZE 10
 * are not meant, and neither is "
 */
// nor #define this
int	main(void)
{
	return (0);
}
