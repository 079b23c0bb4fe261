// CLAIM: white space separates words and means nothing else
// SPEC: 1.2
@@BEGIN
	{
  int
   x   ;x=1
 +	2;printf (
   "%d\n"
   , x ) ;  exit
 ( ) ; }
