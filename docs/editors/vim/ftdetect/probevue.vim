" *.e is also Eiffel's: a script of probevue names a probe or its interpreter near the top.
autocmd BufNewFile,BufRead *.e if join(getline(1, 100), "\n") =~# '\%(^\|\n\)\s*@@\|^#!.*probevue' | set filetype=probevue | endif
