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

// void __baton_preempt(): what a poll calls when its goroutine is to give way. The loop around the poll does not pay for
// the call, so everything that it may hold in a register is kept (preserve_all of LLVM): the general registers, xmm or
// ymm 0 to 15. Wider registers are the caller's.
	.globl	__baton_preempt
	.type	__baton_preempt, @function
	.p2align 4
__baton_preempt:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	subq	$520, %rsp
	cmpb	$0, baton_has_avx(%rip)
	je	1f
	vmovdqu	%ymm0, 0(%rsp)
	vmovdqu	%ymm1, 32(%rsp)
	vmovdqu	%ymm2, 64(%rsp)
	vmovdqu	%ymm3, 96(%rsp)
	vmovdqu	%ymm4, 128(%rsp)
	vmovdqu	%ymm5, 160(%rsp)
	vmovdqu	%ymm6, 192(%rsp)
	vmovdqu	%ymm7, 224(%rsp)
	vmovdqu	%ymm8, 256(%rsp)
	vmovdqu	%ymm9, 288(%rsp)
	vmovdqu	%ymm10, 320(%rsp)
	vmovdqu	%ymm11, 352(%rsp)
	vmovdqu	%ymm12, 384(%rsp)
	vmovdqu	%ymm13, 416(%rsp)
	vmovdqu	%ymm14, 448(%rsp)
	vmovdqu	%ymm15, 480(%rsp)
	vzeroupper
	callq	baton_preempted@PLT
	vmovdqu	0(%rsp), %ymm0
	vmovdqu	32(%rsp), %ymm1
	vmovdqu	64(%rsp), %ymm2
	vmovdqu	96(%rsp), %ymm3
	vmovdqu	128(%rsp), %ymm4
	vmovdqu	160(%rsp), %ymm5
	vmovdqu	192(%rsp), %ymm6
	vmovdqu	224(%rsp), %ymm7
	vmovdqu	256(%rsp), %ymm8
	vmovdqu	288(%rsp), %ymm9
	vmovdqu	320(%rsp), %ymm10
	vmovdqu	352(%rsp), %ymm11
	vmovdqu	384(%rsp), %ymm12
	vmovdqu	416(%rsp), %ymm13
	vmovdqu	448(%rsp), %ymm14
	vmovdqu	480(%rsp), %ymm15
	jmp	2f
1:
	movdqu	%xmm0, 0(%rsp)
	movdqu	%xmm1, 32(%rsp)
	movdqu	%xmm2, 64(%rsp)
	movdqu	%xmm3, 96(%rsp)
	movdqu	%xmm4, 128(%rsp)
	movdqu	%xmm5, 160(%rsp)
	movdqu	%xmm6, 192(%rsp)
	movdqu	%xmm7, 224(%rsp)
	movdqu	%xmm8, 256(%rsp)
	movdqu	%xmm9, 288(%rsp)
	movdqu	%xmm10, 320(%rsp)
	movdqu	%xmm11, 352(%rsp)
	movdqu	%xmm12, 384(%rsp)
	movdqu	%xmm13, 416(%rsp)
	movdqu	%xmm14, 448(%rsp)
	movdqu	%xmm15, 480(%rsp)
	callq	baton_preempted@PLT
	movdqu	0(%rsp), %xmm0
	movdqu	32(%rsp), %xmm1
	movdqu	64(%rsp), %xmm2
	movdqu	96(%rsp), %xmm3
	movdqu	128(%rsp), %xmm4
	movdqu	160(%rsp), %xmm5
	movdqu	192(%rsp), %xmm6
	movdqu	224(%rsp), %xmm7
	movdqu	256(%rsp), %xmm8
	movdqu	288(%rsp), %xmm9
	movdqu	320(%rsp), %xmm10
	movdqu	352(%rsp), %xmm11
	movdqu	384(%rsp), %xmm12
	movdqu	416(%rsp), %xmm13
	movdqu	448(%rsp), %xmm14
	movdqu	480(%rsp), %xmm15
2:
	addq	$520, %rsp
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rax
	popq	%rbp
	.cfi_def_cfa %rsp, 8
	retq
	.cfi_endproc
	.size	__baton_preempt, .-__baton_preempt

	.section .note.GNU-stack,"",@progbits
