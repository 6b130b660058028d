"""Anchors with their marks, proofs and public keys; streams are compared by bytes, as those do who check without a database."""

from django.db import migrations, models

from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):

    dependencies = [
        ('eventlog', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='编号')),
                ('cut_at', models.DateTimeField(verbose_name='时间')),
                ('first', models.BigIntegerField(verbose_name='从第几条')),
                ('last', models.BigIntegerField(verbose_name='到第几条')),
                ('streams', models.PositiveIntegerField(verbose_name='链数')),
                ('root', models.CharField(max_length=64, verbose_name='根哈希')),
                ('previous_hash', models.CharField(max_length=64, verbose_name='前一锚点哈希')),
                ('text', models.TextField(verbose_name='签名原文')),
            ],
            options={
                'verbose_name': '锚点',
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='AnchorMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('anchor_number', models.PositiveIntegerField(verbose_name='锚点')),
                ('stream', models.CharField(db_collation='C', max_length=80, verbose_name='链')),
                ('first', models.BigIntegerField(verbose_name='从')),
                ('last', models.BigIntegerField(verbose_name='到')),
                ('hash', models.CharField(max_length=64, verbose_name='末条哈希')),
            ],
            options={
                'verbose_name': '锚点所及',
            },
        ),
        migrations.CreateModel(
            name='AnchorProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('anchor_number', models.PositiveIntegerField(verbose_name='锚点')),
                ('kind', models.CharField(choices=[('signature', '签名'), ('timestamp', '时间戳'), ('folder', '一次写入目录')], max_length=9, verbose_name='类别')),
                ('value', models.TextField(blank=True, verbose_name='内容')),
                ('key_id', models.CharField(blank=True, max_length=16, verbose_name='密钥')),
                ('made_at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '锚点证明',
            },
        ),
        migrations.CreateModel(
            name='TrailKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('anchor', '锚点密钥'), ('receipt', '回执密钥')], max_length=7, verbose_name='用途')),
                ('key_id', models.CharField(max_length=16, verbose_name='密钥')),
                ('public_pem', models.TextField(verbose_name='公钥')),
                ('since', models.DateTimeField(verbose_name='启用')),
            ],
            options={
                'verbose_name': '公钥',
            },
        ),
        migrations.AddField(
            model_name='streamhead',
            name='anchored_seq',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='已锚定到'),
        ),
        migrations.AlterField(
            model_name='event',
            name='stream',
            field=models.CharField(db_collation='C', max_length=80, verbose_name='链'),
        ),
        migrations.AlterField(
            model_name='streamhead',
            name='stream',
            field=models.CharField(db_collation='C', max_length=80, primary_key=True, serialize=False, verbose_name='链'),
        ),
        migrations.AddIndex(
            model_name='streamhead',
            index=models.Index(condition=models.Q(('seq__gt', models.F('anchored_seq'))), fields=['stream'], name='head_unanchored_idx'),
        ),
        migrations.AddIndex(
            model_name='anchormark',
            index=models.Index(fields=['anchor_number', 'stream'], name='anchor_mark_number_idx'),
        ),
        migrations.AddConstraint(
            model_name='anchormark',
            constraint=models.UniqueConstraint(fields=('stream', 'first'), name='anchor_mark_stream_first_unique'),
        ),
        migrations.AddConstraint(
            model_name='anchorproof',
            constraint=models.UniqueConstraint(fields=('anchor_number', 'kind'), name='anchor_proof_kind_unique'),
        ),
        migrations.AddConstraint(
            model_name='trailkey',
            constraint=models.UniqueConstraint(fields=('kind', 'key_id'), name='trail_key_unique'),
        ),
        append_only_trigger("eventlog_anchor"),
        append_only_trigger("eventlog_anchormark"),
        append_only_trigger("eventlog_anchorproof"),
        append_only_trigger("eventlog_trailkey"),
    ]
