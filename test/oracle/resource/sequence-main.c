/*
 * The native harness of sequence.c. Standard input: for each sequence the number of calls and their words, 64 bits each.
 * Standard error: for each sequence the number of answers and the answers. Standard output is what the kernel prints.
 */
#include <stdint.h>
#include <stdio.h>

extern uint64_t script[], script_calls, answers[], answer_count;
void iomem_sequence(void);
void native_boot(void);

int main(void)
{
	native_boot();
	while (fread(&script_calls, 8, 1, stdin) == 1) {
		if (script_calls > 64 || fread(script, 64, script_calls, stdin) != script_calls)
			return 2;
		iomem_sequence();
		fwrite(&answer_count, 8, 1, stderr);
		fwrite(answers, 8, answer_count, stderr);
	}
	return 0;
}
