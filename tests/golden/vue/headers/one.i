struct one {
    int x;
};
