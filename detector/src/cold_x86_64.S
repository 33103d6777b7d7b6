// SPDX-License-Identifier: Apache-2.0
//
// What optimised code calls when the inline test of the filter misses (race_abi.h): the general registers that C may
// change are saved here, so that the code around a check keeps all its values where they are. Vector registers are
// not saved: baton_cold_read etc. and what they call do not use any (they are compiled so; test/lit/structure checks the
// machine code). What needs them, the unwinder and a report, goes through baton_keep_vectors.
//
// r11 is the one register that a caller gives up (LLVM's preserve_all convention).
//
// Code that runs seldom calls these without an inline test, so they make it first. A read then asks whether the line
// holds a tag of readers with this task among them (shared_readers.h).

	.text

// HIT size, filter: the inline test of race_abi.h for an access of `size` bytes at %rdi, with the halfword at `filter`.
// Returns from the entry point if it hits; otherwise goes on with all registers but r11 as they were. An access of more
// than a word that is not aligned to a word does not hit, nor does a shorter one that is not aligned to its size.
	.macro	HIT size, filter
	.if	\size > 1
	testb	$(\size - 1) & 3, %dil
	jnz	2f
	.endif
	pushq	%rax
	.cfi_def_cfa_offset 16
	pushq	%rcx
	.cfi_def_cfa_offset 24
	pushq	%rdx
	.cfi_def_cfa_offset 32
	movq	%rdi, %r11
	shrq	$2, %r11
	movl	%r11d, %ecx
	andq	$-16, %r11
	addq	__baton_shadow(%rip), %r11
	movzwl	\filter(%r11), %eax
	movq	(%r11), %r11
	movq	__baton_epoch@gottpoff(%rip), %rdx
	cmpq	%fs:(%rdx), %r11
	jne	1f
	// The words accessed before, from that of the address on; none of the next line.
	xorl	$0xffff, %eax
	andl	$15, %ecx
	shrl	%cl, %eax
	notl	%eax
	testl	$((1 << ((\size + 3) / 4)) - 1), %eax
	jnz	1f
	popq	%rdx
	.cfi_def_cfa_offset 24
	popq	%rcx
	.cfi_def_cfa_offset 16
	popq	%rax
	.cfi_def_cfa_offset 8
	ret
	.cfi_def_cfa_offset 32
1:	popq	%rdx
	.cfi_def_cfa_offset 24
	popq	%rcx
	.cfi_def_cfa_offset 16
	popq	%rax
	.cfi_def_cfa_offset 8
2:
	.endm

// SHARED size: returns from the entry point if shared_hit() holds for an access of `size` bytes at %rdi, aligned to its
// size or to a word. Otherwise goes on with all registers but r11 as they were.
	.macro	SHARED size
	pushq	%rax
	.cfi_def_cfa_offset 16
	pushq	%rcx
	.cfi_def_cfa_offset 24
	movq	%rdi, %r11
	shrq	$2, %r11
	movl	%r11d, %ecx
	andq	$-16, %r11
	addq	__baton_shadow(%rip), %r11
	movq	(%r11), %r11
	testq	%r11, %r11
	jns	1f
	.if	\size > 1
	.if	\size == 2
	testb	$1, %dil
	.else
	testb	$3, %dil
	.endif
	jnz	1f
	.endif
	// The words in %eax: none of the next line, and all of them in the tag.
	movl	$((1 << ((\size + 3) / 4)) - 1), %eax
	andl	$15, %ecx
	shll	%cl, %eax
	movzwl	%r11w, %ecx
	notl	%ecx
	testl	%ecx, %eax
	jnz	1f
	// The same top bit and generation, and the bit of this task.
	movq	baton_ticket@gottpoff(%rip), %rax
	movq	%fs:(%rax), %rax
	movq	%r11, %rcx
	xorq	%rax, %rcx
	shrq	$40, %rcx
	jnz	1f
	notq	%r11
	testq	%rax, %r11
	jnz	1f
	popq	%rcx
	.cfi_def_cfa_offset 16
	popq	%rax
	.cfi_def_cfa_offset 8
	ret
	.cfi_def_cfa_offset 24
1:	popq	%rcx
	.cfi_def_cfa_offset 16
	popq	%rax
	.cfi_def_cfa_offset 8
	.endm

// ALONE: returns from the entry point if nothing is recorded (task.h, `alone`): then the epoch that is shown is 0.
	.macro	ALONE
	movq	__baton_epoch@gottpoff(%rip), %r11
	cmpq	$0, %fs:(%r11)
	jne	1f
	ret
1:
	.endm

// COLD name, size (0: in %rsi), read or write, leaf, suffix of the C function
	.macro	COLD name, size, kind, leaf, form
	.globl	\name
	.type	\name, @function
	.p2align 4
\name:
	.cfi_startproc
	.if	\size
	.ifc	\kind, read
	HIT	\size, 8
	SHARED	\size
	.else
	HIT	\size, 10
	.endif
	.endif
	ALONE
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
	.if	\size
	movl	$\size, %esi
	.endif
	movq	__baton_ctx@gottpoff(%rip), %rdx
	movq	%fs:(%rdx), %rdx
	.if	\leaf
	// The context of the caller is not stored: (the stored one + its return address) * BATON_CTX_MULTIPLIER.
	movq	(%rbp), %rcx
	addq	8(%rcx), %rdx
	movabsq	$0x9e3779b97f4a7c15, %rcx
	imulq	%rcx, %rdx
	xorb	%dl, %dl
	.endif
	movq	%rbp, %rcx
	call	baton_cold_\kind\form
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
	ret
	.cfi_endproc
	.size	\name, .-\name
	.endm

	.macro	COLD_SIZE suffix, size
	COLD	__baton_cold_read\suffix, \size, read, 0
	COLD	__baton_cold_read\suffix\()_leaf, \size, read, 1
	COLD	__baton_cold_write\suffix, \size, write, 0
	COLD	__baton_cold_write\suffix\()_leaf, \size, write, 1
	.endm

	COLD_SIZE 1, 1
	COLD_SIZE 2, 2
	COLD_SIZE 4, 4
	COLD_SIZE 8, 8
	COLD_SIZE 16, 16
	COLD_SIZE _n, 0

// The mask of bytes comes in %rsi.
	COLD	__baton_cold_read_mask, 0, read, 0, _mask
	COLD	__baton_cold_read_mask_leaf, 0, read, 1, _mask
	COLD	__baton_cold_write_mask, 0, write, 0, _mask
	COLD	__baton_cold_write_mask_leaf, 0, write, 1, _mask

// void baton_keep_vectors(void (*body)(void*), void* argument): calls body(argument); afterwards the x87, SSE, AVX and
// AVX-512 registers are what they were. Room for the standard form of all their state components: 2688 bytes.
	.globl	baton_keep_vectors
	.hidden	baton_keep_vectors
	.type	baton_keep_vectors, @function
	.p2align 4
baton_keep_vectors:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	pushq	%rbx
	.cfi_offset %rbx, -24
	subq	$2760, %rsp
	andq	$-64, %rsp
	movq	%rdi, %rbx
	cmpb	$0, baton_has_xsave(%rip)
	je	1f
	xorl	%eax, %eax
	movq	%rax, 512(%rsp)
	movq	%rax, 520(%rsp)
	movq	%rax, 528(%rsp)
	movq	%rax, 536(%rsp)
	movq	%rax, 544(%rsp)
	movq	%rax, 552(%rsp)
	movq	%rax, 560(%rsp)
	movq	%rax, 568(%rsp)
	movl	$0xe7, %eax
	xorl	%edx, %edx
	xsave64	(%rsp)
	movq	%rsi, %rdi
	call	*%rbx
	movl	$0xe7, %eax
	xorl	%edx, %edx
	xrstor64 (%rsp)
	jmp	2f
1:	fxsave64 (%rsp)
	movq	%rsi, %rdi
	call	*%rbx
	fxrstor64 (%rsp)
2:	movq	-8(%rbp), %rbx
	leave
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	baton_keep_vectors, .-baton_keep_vectors

	.section .note.GNU-stack,"",@progbits
