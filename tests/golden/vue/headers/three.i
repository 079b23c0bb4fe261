enum { THREE = 3 };
